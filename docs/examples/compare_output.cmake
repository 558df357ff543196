# Runs PROGRAM and insists on status 0, on nothing on stderr, and on exactly the text of the file EXPECTED on stdout.
execute_process(COMMAND ${PROGRAM} RESULT_VARIABLE status OUTPUT_VARIABLE out ERROR_VARIABLE err)
file(READ ${EXPECTED} expected)
if(NOT status EQUAL 0 OR NOT err STREQUAL "" OR NOT out STREQUAL expected)
  message(FATAL_ERROR "status ${status}\n--- expected\n${expected}--- printed\n${out}--- on stderr\n${err}")
endif()
