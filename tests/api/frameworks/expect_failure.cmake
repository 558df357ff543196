# Runs PROGRAM and insists on a status of 1 and on WORDS (a regular expression) in what it prints.
execute_process(COMMAND ${PROGRAM} RESULT_VARIABLE status OUTPUT_VARIABLE out ERROR_VARIABLE err)
if(NOT status EQUAL 1)
  message(FATAL_ERROR "expected status 1, got ${status}\n${out}${err}")
endif()
if(NOT "${out}${err}" MATCHES "${WORDS}")
  message(FATAL_ERROR "expected \"${WORDS}\" in\n${out}${err}")
endif()
