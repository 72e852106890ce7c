@echo off
"%~dp0program\python\python.exe" -X utf8 -m zwgk_excel %*
