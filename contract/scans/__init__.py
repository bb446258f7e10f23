"""What a barcode scanner says, without any I/O: bytes and key codes to text, text to a carrier's number.

    bytes of a port  -> framer ┐
                               ├-> message -> repeats -> carriers
    keys of a wedge  -> keys   ┘

Makers' numbers and vectors are those of their manuals; each module names its own.
"""
