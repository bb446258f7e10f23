"""Mosquitto's configuration files, as data (see README.md beside this file)."""
