@echo off
rem The words are in set_up.py: a batch file is read in the code page of the console, whatever that is.
"%~dp0program\python\python.exe" -X utf8 "%~dp0program\set_up.py" install %*
