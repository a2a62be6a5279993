@echo off
rem Starts prompt-routes with what measured best for the command; see docs/operations.md, "The launcher". It makes no archive of classes.
setlocal EnableExtensions DisableDelayedExpansion
set "JAR=%~dp0prompt-routes.jar"
if not exist "%JAR%" set "JAR=%~dp0..\prompt-routes.jar"
if not exist "%JAR%" set "JAR=%~dp0..\target\prompt-routes.jar"
if not exist "%JAR%" (
    echo prompt-routes: there is no prompt-routes.jar beside "%~f0", nor in the folder above it or its target: unpack the whole distribution, or build with  mvn -q -Dmaven.test.skip package >&2
    exit /b 2
)
set "JAVA=java.exe"
if defined JAVA_HOME set "JAVA=%JAVA_HOME%\bin\java.exe"
set "VERSION="
rem ^" opens no quotation here, so that the path is inside of one and the carets are not; the inner cmd takes the first and the last quote away
for /f tokens^=2^ delims^=^" %%v in ('^""%JAVA%" -version 2^>^&1 ^| findstr /c:" version "^"') do set "VERSION=%%v"
if not defined VERSION (
    echo prompt-routes: there is no java: install Java 17 or newer ^(a JRE will do^), and set JAVA_HOME or have it on the PATH >&2
    exit /b 2
)
for /f "delims=.-+" %%v in ("%VERSION%") do set "FEATURE=%%v"
if %FEATURE% LSS 17 (
    echo prompt-routes: "%JAVA%" is Java %VERSION%: it takes Java 17 or newer; set JAVA_HOME to one >&2
    exit /b 2
)
rem a batch may be long or short: its input is not looked at here
set "QUICK=-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
for %%c in (run simulator batch dead-letters) do if "%~1"=="%%c" set "QUICK="
echo " %JAVA_OPTS% %JAVA_TOOL_OPTIONS% %JDK_JAVA_OPTIONS%" | findstr /r /c:"-XX:+Use[A-Za-z0-9]*GC" /c:"Tiered" >nul && set "QUICK="
"%JAVA%" -XX:+DisplayVMOutputToStderr -Xlog:disable -Xlog:all=warning:stderr %QUICK% %JAVA_OPTS% "-Dprompt-routes.launcher=%~f0" -jar "%JAR%" %*
exit /b %ERRORLEVEL%
