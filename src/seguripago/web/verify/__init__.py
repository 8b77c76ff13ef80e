"""Anyone: is this receipt, certificate, CLABE or analyst genuine?"""
