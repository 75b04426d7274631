"""Binary Excel workbooks (.xlsb)."""
