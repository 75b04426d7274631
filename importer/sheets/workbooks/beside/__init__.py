"""A sheet beside the table, such as the Summary, put into either kind of workbook."""
