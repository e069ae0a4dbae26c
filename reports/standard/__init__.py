"""Standard reports that ministries and donors ask for, as a PDF and as a workbook, with definitions of each number."""
