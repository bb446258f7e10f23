"""What an installer types: commands that find, learn, test and watch what is wired."""
