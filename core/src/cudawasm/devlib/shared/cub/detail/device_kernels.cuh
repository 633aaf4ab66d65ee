// Kernels for whole arrays, which a host side launches.
#include <cub/detail/device_radix_sort.cuh>
#include <cub/detail/device_reduce.cuh>
#include <cub/detail/device_reduce_by_key.cuh>
#include <cub/detail/device_scan.cuh>
#include <cub/detail/device_select.cuh>
#include <cub/iterator/constant_input_iterator.cuh>
#include <cub/iterator/counting_input_iterator.cuh>
