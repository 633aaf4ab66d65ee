// Breadth-first search from one source per block: frontier queues in shared memory, one level per round.
// Distances, the smallest parent of every vertex and the sizes of the levels do not depend on the queues' order.
#include <cstdint>

struct Graph {
    const int* __restrict__ offsets;
    const int* __restrict__ targets;
    int vertices;

    struct Neighbours {
        const int *first, *last;
        __device__ const int* begin() const { return first; }
        __device__ const int* end() const { return last; }
    };
    __device__ Neighbours of(int v) const { return {targets + offsets[v], targets + offsets[v + 1]}; }
};

constexpr int MAX_VERTICES = 200, UNSEEN = -1;

struct Queue {
    int size;
    int16_t items[MAX_VERTICES];
    __device__ void push(int v) { items[atomicAdd(&size, 1)] = static_cast<int16_t>(v); }
};

__global__ void bfs(const int* offsets, const int* targets, const int* sources, int vertices, int* distance,
                    int* parent, int* level_sizes, int max_levels) {
    __shared__ Queue queues[2];
    __shared__ int dist[MAX_VERTICES];
    const Graph graph{offsets, targets, vertices};
    const int t = threadIdx.x, source = sources[blockIdx.x];

    for (int v = t; v < vertices; v += blockDim.x) dist[v] = v == source ? 0 : UNSEEN;
    if (t == 0) {
        queues[0].size = 1, queues[0].items[0] = static_cast<int16_t>(source);
        queues[1].size = 0;
    }
    __syncthreads();

    int level = 0;
    Queue *now = &queues[0], *next = &queues[1];
    for (;; ++level) {
        const int size = now->size;
        if (t == 0 && level < max_levels) level_sizes[blockIdx.x * max_levels + level] = size;
        int grown = 0;
        for (int i = t; i < size; i += blockDim.x)
            for (int w : graph.of(now->items[i]))
                if (atomicCAS(&dist[w], UNSEEN, level + 1) == UNSEEN) next->push(w), ++grown;
        if (!__syncthreads_or(grown)) break;
        if (t == 0) now->size = 0;
        Queue* const spare = now;
        now = next, next = spare;
        __syncthreads();
    }

    int* const out = distance + blockIdx.x * vertices;
    for (int v = t; v < vertices; v += blockDim.x) {
        out[v] = dist[v];
        int best = vertices;
        if (dist[v] > 0)
            for (const int w : graph.of(v))
                if (dist[w] == dist[v] - 1 && w < best) best = w;
        parent[blockIdx.x * vertices + v] = dist[v] > 0 ? best : dist[v] == 0 ? v : UNSEEN;
    }
    const int reached = __syncthreads_count(t < vertices && dist[t] != UNSEEN);
    if (t == 0) level_sizes[blockIdx.x * max_levels + max_levels - 1] = reached;
}
