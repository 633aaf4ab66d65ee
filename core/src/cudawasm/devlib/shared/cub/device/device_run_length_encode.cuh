// Runs of equal items of whole arrays.
#ifndef __CUDAWASM_CUB_DEVICE_RUN_LENGTH_ENCODE__
#define __CUDAWASM_CUB_DEVICE_RUN_LENGTH_ENCODE__
#include <cub/device/device_reduce.cuh>
#ifndef __CUDA_ARCH__
namespace cub {
struct DeviceRunLengthEncode {
    template <typename In, typename Unique, typename Lengths, typename Count> static cudaError_t Encode(
        void* d_temp_storage, size_t& temp_storage_bytes, In d_in, Unique d_unique_out, Lengths d_counts_out,
        Count d_num_runs_out, int num_items, cudaStream_t stream = 0, bool = false) {
        typedef detail::output_t<Lengths, int> Length;
        return detail::reduce_runs<Length>(
            d_temp_storage, temp_storage_bytes, d_in, d_unique_out, ConstantInputIterator<Length, int>(Length(1)),
            d_counts_out, d_num_runs_out, Equality(), Sum(), num_items, stream);
    }
};
}  // namespace cub
#endif
#endif
