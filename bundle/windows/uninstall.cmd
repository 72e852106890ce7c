@echo off
"%~dp0program\python\python.exe" -X utf8 "%~dp0program\set_up.py" uninstall "%~dp0."
if errorlevel 1 exit /b 1
rem Python cannot delete itself; neither can this file, unless nothing of it is left to read.
cd /d "%~dp0.."
rmdir /s /q "%~dp0program"
del /q "%~dp0zwgk.cmd"
(goto) 2>nul & del /q "%~f0" & rmdir "%~dp0."
