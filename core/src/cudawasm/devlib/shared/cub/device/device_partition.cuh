// Partitions of whole arrays.
#include <cub/device/device_select.cuh>
