// Reductions of whole arrays.
#ifndef __CUDAWASM_CUB_DEVICE_REDUCE__
#define __CUDAWASM_CUB_DEVICE_REDUCE__
#include <cub/detail/device_dispatch.cuh>
#include <cub/iterator/arg_index_input_iterator.cuh>
#ifndef __CUDA_ARCH__
namespace cub {
namespace detail {
template <typename T, typename In, typename Out, typename Op> cudaError_t reduce(
    void* storage, size_t& bytes, In in, Out out, long long count, Op op, T initial, cudaStream_t stream) {
    expect_names<In, Out, Op>();
    const long long wanted = (count + block_threads - 1) / block_threads;
    const long long blocks = wanted < most_blocks ? wanted : most_blocks;
    Temporary temporary(storage);
    T* partials = temporary.piece<T>(blocks);
    cudaError_t error;
    if (temporary.is_done(bytes, error)) return error;
    if (blocks <= 1) {
        reduce_in_one_block<block_threads, T, In, Out, Op><<<1, block_threads, 0, stream>>>(
            in, out, count, op, initial);
        return cudaPeekAtLastError();
    }
    reduce_blocks<block_threads, T, In, Op>
        <<<static_cast<unsigned int>(blocks), block_threads, 0, stream>>>(in, partials, count, op);
    reduce_in_one_block<block_threads, T, T*, Out, Op><<<1, block_threads, 0, stream>>>(
        partials, out, blocks, op, initial);
    return cudaPeekAtLastError();
}
// Keys that are equal to their neighbours, once, and what their values are together.
template <typename T, typename Keys, typename Unique, typename Values, typename Totals, typename Count, typename Equal,
          typename Op>
cudaError_t reduce_runs(void* storage, size_t& bytes, Keys keys, Unique unique, Values values, Totals totals,
                        Count run_count, Equal equal, Op op, long long count, cudaStream_t stream) {
    expect_names<Keys, Unique, Values, Totals, Count, Equal, Op>();
    Temporary temporary(storage);
    run<T>* sums = temporary.piece<run<T>>(tiles_of<run<T>>(count));
    cudaError_t error;
    if (temporary.is_done(bytes, error)) return error;
    if (count <= 0) {
        set_count<Count><<<1, 1, 0, stream>>>(run_count, 0);
        return cudaPeekAtLastError();
    }
    const runs_of_keys<T, Keys, Values, Equal> runs{keys, values, 0, equal};
    const run_sink<T, Keys, Unique, Totals, Count, Equal> sink{keys, unique, totals, run_count, count, equal};
    scan_all_into(runs, sums, sink, count, ReduceBySegmentOp<Op>(op), run<T>(0, T()), stream);
    return cudaPeekAtLastError();
}
template <typename Op, typename In, typename Out> cudaError_t reduce_to_index(
    void* storage, size_t& bytes, In in, Out out, int count, bool least, cudaStream_t stream) {
    typedef typename output_t<Out, KeyValuePair<int, item_t<In>>>::Value Value;
    typedef ArgIndexInputIterator<In, int, Value> Indexed;
    typedef std::numeric_limits<Value> Limits;
    Value worst = least ? Limits::max() : Limits::lowest();
    if (Limits::has_infinity && count > 0) worst = least ? Limits::infinity() : -Limits::infinity();
    const KeyValuePair<int, Value> initial(count > 0 ? std::numeric_limits<int>::max() : 1, worst);
    return reduce(storage, bytes, Indexed(in), out, count, Op(), initial, stream);
}
}  // namespace detail

struct DeviceReduce {
    template <typename In, typename Out, typename Op, typename T> static cudaError_t Reduce(
        void* d_temp_storage, size_t& temp_storage_bytes, In d_in, Out d_out, long long num_items, Op reduction_op,
        T init, cudaStream_t stream = 0, bool = false) {
        typedef detail::result_t<Op, T, detail::item_t<In>> Accumulated;
        return detail::reduce<Accumulated>(
            d_temp_storage, temp_storage_bytes, d_in, d_out, num_items, reduction_op, init, stream);
    }
    template <typename In, typename Out> static cudaError_t Sum(
        void* d_temp_storage, size_t& temp_storage_bytes, In d_in, Out d_out, long long num_items,
        cudaStream_t stream = 0, bool = false) {
        typedef detail::output_t<Out, detail::item_t<In>> Output;
        return Reduce(d_temp_storage, temp_storage_bytes, d_in, d_out, num_items, cub::Sum(), Output{}, stream);
    }
    template <typename In, typename Out> static cudaError_t Min(
        void* d_temp_storage, size_t& temp_storage_bytes, In d_in, Out d_out, long long num_items,
        cudaStream_t stream = 0, bool = false) {
        typedef detail::item_t<In> Item;
        return Reduce(d_temp_storage, temp_storage_bytes, d_in, d_out, num_items, cub::Min(),
                      std::numeric_limits<Item>::max(), stream);
    }
    template <typename In, typename Out> static cudaError_t Max(
        void* d_temp_storage, size_t& temp_storage_bytes, In d_in, Out d_out, long long num_items,
        cudaStream_t stream = 0, bool = false) {
        typedef detail::item_t<In> Item;
        return Reduce(d_temp_storage, temp_storage_bytes, d_in, d_out, num_items, cub::Max(),
                      std::numeric_limits<Item>::lowest(), stream);
    }
    template <typename In, typename Out> static cudaError_t ArgMin(
        void* d_temp_storage, size_t& temp_storage_bytes, In d_in, Out d_out, int num_items, cudaStream_t stream = 0,
        bool = false) {
        return detail::reduce_to_index<cub::ArgMin>(
            d_temp_storage, temp_storage_bytes, d_in, d_out, num_items, true, stream);
    }
    template <typename In, typename Out> static cudaError_t ArgMax(
        void* d_temp_storage, size_t& temp_storage_bytes, In d_in, Out d_out, int num_items, cudaStream_t stream = 0,
        bool = false) {
        return detail::reduce_to_index<cub::ArgMax>(
            d_temp_storage, temp_storage_bytes, d_in, d_out, num_items, false, stream);
    }
    template <typename Keys, typename Unique, typename Values, typename Totals, typename Count, typename Op>
    static cudaError_t ReduceByKey(
        void* d_temp_storage, size_t& temp_storage_bytes, Keys d_keys_in, Unique d_unique_out, Values d_values_in,
        Totals d_aggregates_out, Count d_num_runs_out, Op reduction_op, int num_items, cudaStream_t stream = 0,
        bool = false) {
        typedef detail::item_t<Values> Value;
        typedef detail::result_t<Op, Value, Value> Accumulated;
        return detail::reduce_runs<Accumulated>(
            d_temp_storage, temp_storage_bytes, d_keys_in, d_unique_out, d_values_in, d_aggregates_out,
            d_num_runs_out, Equality(), reduction_op, num_items, stream);
    }
};
}  // namespace cub
#endif
#endif
