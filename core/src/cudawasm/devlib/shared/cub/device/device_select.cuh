// Selections from whole arrays, and their partitions.
#ifndef __CUDAWASM_CUB_DEVICE_SELECT__
#define __CUDAWASM_CUB_DEVICE_SELECT__
#include <cub/detail/device_dispatch.cuh>
#ifndef __CUDA_ARCH__
namespace cub {
namespace detail {
// `selected` says 1 of the items that are.
template <bool partition, typename Selected, typename In, typename Out, typename Count> cudaError_t select(
    void* storage, size_t& bytes, Selected selected, In in, Out out, Count selected_count, long long count,
    cudaStream_t stream) {
    expect_names<Selected, In, Out, Count>();
    Temporary temporary(storage);
    int* sums = temporary.piece<int>(tiles_of<int>(count));
    cudaError_t error;
    if (temporary.is_done(bytes, error)) return error;
    if (count <= 0) {
        set_count<Count><<<1, 1, 0, stream>>>(selected_count, 0);
        return cudaPeekAtLastError();
    }
    const select_sink<partition, In, Out, Count> sink{in, out, selected_count, count};
    scan_all_into(selected, sums, sink, count, Sum(), 0, stream);
    return cudaPeekAtLastError();
}

template <bool partition> struct selections {
    template <typename In, typename Flags, typename Out, typename Count> static cudaError_t Flagged(
        void* d_temp_storage, size_t& temp_storage_bytes, In d_in, Flags d_flags, Out d_out, Count d_num_selected_out,
        int num_items, cudaStream_t stream = 0, bool = false) {
        const selected_by_flags<Flags> selected{d_flags, 0};
        return select<partition>(
            d_temp_storage, temp_storage_bytes, selected, d_in, d_out, d_num_selected_out, num_items, stream);
    }
    template <typename In, typename Out, typename Count, typename Predicate> static cudaError_t If(
        void* d_temp_storage, size_t& temp_storage_bytes, In d_in, Out d_out, Count d_num_selected_out, int num_items,
        Predicate select_op, cudaStream_t stream = 0, bool = false) {
        const selected_by_predicate<In, Predicate> selected{d_in, 0, select_op};
        return select<partition>(
            d_temp_storage, temp_storage_bytes, selected, d_in, d_out, d_num_selected_out, num_items, stream);
    }
};
}  // namespace detail

struct DevicePartition : detail::selections<true> {};
struct DeviceSelect : detail::selections<false> {
    template <typename In, typename Out, typename Count> static cudaError_t Unique(
        void* d_temp_storage, size_t& temp_storage_bytes, In d_in, Out d_out, Count d_num_selected_out, int num_items,
        cudaStream_t stream = 0, bool = false) {
        const detail::selected_heads<In, Equality> selected{d_in, 0, Equality()};
        return detail::select<false>(
            d_temp_storage, temp_storage_bytes, selected, d_in, d_out, d_num_selected_out, num_items, stream);
    }
};
}  // namespace cub
#endif
#endif
