# offprint_use_torch(<target>): what links the target sees libtorch. Also part of the installed package.
#
# libtorch's folder carries its own copies of other libraries' headers (fmt among them), so it is searched last:
# Debian's headers must meet Debian's libraries. libtorch's targets would put it first.
function(offprint_use_torch target)
  foreach(imported torch torch_library torch_cpu torch_cuda c10 c10_cuda caffe2::mkl)
    if(TARGET ${imported})
      set_target_properties(${imported} PROPERTIES INTERFACE_INCLUDE_DIRECTORIES "" INTERFACE_SYSTEM_INCLUDE_DIRECTORIES "")
    endif()
  endforeach()
  # The installed package names no folder of this machine: its user may have libtorch elsewhere.
  foreach(folder ${TORCH_INCLUDE_DIRS})
    target_compile_options(${target} INTERFACE "$<BUILD_INTERFACE:SHELL:-idirafter ${folder}>")
  endforeach()
  target_link_libraries(${target} INTERFACE "$<BUILD_INTERFACE:${TORCH_LIBRARIES}>")
  target_compile_definitions(${target} INTERFACE $<BUILD_INTERFACE:AT_PER_OPERATOR_HEADERS>)
endfunction()
