// Scans of whole arrays.
#ifndef __CUDAWASM_CUB_DEVICE_SCAN__
#define __CUDAWASM_CUB_DEVICE_SCAN__
#include <cub/detail/device_dispatch.cuh>
#ifndef __CUDA_ARCH__
namespace cub {
namespace detail {
template <bool inclusive, typename T, typename In, typename Out, typename Op> cudaError_t scan(
    void* storage, size_t& bytes, In in, Out out, long long count, Op op, T initial, bool has_initial,
    cudaStream_t stream) {
    expect_names<In, Out, Op>();
    Temporary temporary(storage);
    T* sums = temporary.piece<T>(tiles_of<T>(count));
    cudaError_t error;
    if (temporary.is_done(bytes, error)) return error;
    scan_all<inclusive>(in, sums, out, count, op, initial, has_initial, stream);
    return cudaPeekAtLastError();
}
}  // namespace detail

struct DeviceScan {
    template <typename In, typename Out, typename Op, typename T> static cudaError_t ExclusiveScan(
        void* d_temp_storage, size_t& temp_storage_bytes, In d_in, Out d_out, Op scan_op, T init_value,
        long long num_items, cudaStream_t stream = 0, bool = false) {
        typedef detail::result_t<Op, T, detail::item_t<In>> Sums;
        return detail::scan<false, Sums>(
            d_temp_storage, temp_storage_bytes, d_in, d_out, num_items, scan_op, init_value, true, stream);
    }
    template <typename In, typename Out, typename Op> static cudaError_t InclusiveScan(
        void* d_temp_storage, size_t& temp_storage_bytes, In d_in, Out d_out, Op scan_op, long long num_items,
        cudaStream_t stream = 0, bool = false) {
        typedef detail::item_t<In> Item;
        typedef detail::result_t<Op, Item, Item> Sums;
        return detail::scan<true, Sums>(
            d_temp_storage, temp_storage_bytes, d_in, d_out, num_items, scan_op, Sums(), false, stream);
    }
    template <typename In, typename Out> static cudaError_t ExclusiveSum(
        void* d_temp_storage, size_t& temp_storage_bytes, In d_in, Out d_out, long long num_items,
        cudaStream_t stream = 0, bool = false) {
        return ExclusiveScan(d_temp_storage, temp_storage_bytes, d_in, d_out, cub::Sum(), detail::item_t<In>{},
                             num_items, stream);
    }
    template <typename In, typename Out> static cudaError_t InclusiveSum(
        void* d_temp_storage, size_t& temp_storage_bytes, In d_in, Out d_out, long long num_items,
        cudaStream_t stream = 0, bool = false) {
        return InclusiveScan(d_temp_storage, temp_storage_bytes, d_in, d_out, cub::Sum(), num_items, stream);
    }
    // In place.
    template <typename InOut> static cudaError_t ExclusiveSum(
        void* d_temp_storage, size_t& temp_storage_bytes, InOut d_data, int num_items, cudaStream_t stream = 0) {
        return ExclusiveSum(d_temp_storage, temp_storage_bytes, d_data, d_data, num_items, stream);
    }
    template <typename InOut> static cudaError_t InclusiveSum(
        void* d_temp_storage, size_t& temp_storage_bytes, InOut d_data, int num_items, cudaStream_t stream = 0) {
        return InclusiveSum(d_temp_storage, temp_storage_bytes, d_data, d_data, num_items, stream);
    }
};
}  // namespace cub
#endif
#endif
