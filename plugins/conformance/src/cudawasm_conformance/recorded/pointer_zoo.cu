// Pointers of every kind: into local, shared, constant and global memory chosen at run time, in structs and tables,
// to pointers, to members and to functions; linked lists, pointer arithmetic, and punning by memcpy, cast and union.
#include <cstdint>

__constant__ int primes[8] = {2, 3, 5, 7, 11, 13, 17, 19};
__device__ int fibonacci[8] = {1, 1, 2, 3, 5, 8, 13, 21};
__device__ int* const fibonacci_tail = fibonacci + 5;

struct Node {
    int value;
    Node* next;
    __device__ Node(int v, Node* n) : value(v), next(n) {}
};

// Keeps the list sorted by walking a pointer to the link that would have to change.
__device__ void insert_sorted(Node** link, Node* node) {
    while (*link && (*link)->value < node->value) link = &(*link)->next;
    node->next = *link;
    *link = node;
}
__device__ Node* reversed(Node* list) {
    Node* result = nullptr;
    for (Node* next; list; list = next) next = list->next, list->next = result, result = list;
    return result;
}

struct Span {
    const int *first, *last;
    __device__ ptrdiff_t size() const { return last - first; }
    __device__ const int* begin() const { return first; }
    __device__ const int* end() const { return last; }
    __device__ const int& operator[](int i) const { return i < 0 ? last[i] : first[i]; }
    __device__ Span rest(int skip = 1) const { return {first + skip, last}; }
};

struct Account {
    int balance, limit;
    float rate;
    __device__ int raise(int by) { return balance += by; }
    __device__ int lower(int by) { return balance -= by; }
};

__device__ int add(int a, int b) { return a + b; }
__device__ int mul(int a, int b) { return a * b; }
__device__ int alternate(int a, int b) { return a * 2 - b; }
using Binary = int (*)(int, int);

__device__ int fold(const Span& s, Binary f, int start) {
    for (const int& v : s) start = f(start, v) % 10007;
    return start;
}

template <typename T> __device__ T& pick(bool second, T& a, T& b) { return second ? b : a; }

__global__ void pointers(const int* data, int n, int* out, uint32_t* punned, int per_thread) {
    __shared__ int shared_block[64];
    __shared__ int* shared_pointers[64];
    const int t = threadIdx.x, i = blockIdx.x * blockDim.x + t;
    int local[8];
    for (int *p = local, k = 0; p != local + 8; ++p, ++k) *p = data[(i + k) % n] % 50;
    shared_block[t] = data[i] % 100;
    shared_pointers[t] = &shared_block[(t * 5 + 3) % 64];
    __syncthreads();
    int* result = out + i * per_thread;

    // One of four address spaces.
    const int* const bases[] = {local, shared_block + t % 32, primes, fibonacci, &data[i % (n - 8)]};
    const int* chosen = bases[(t ^ data[i]) % 5 & 7];
    *result++ = chosen[3] + *(chosen + t % 8) - chosen[0];
    Span span{chosen, chosen + 8};
    *result++ = span[-1] * 3 + span.rest(2)[0] + static_cast<int>(span.rest(5).size());
    result[-1] += (span.rest().first < span.last) + !(chosen >= span.last);
    constexpr int KINDS = 3;
    const Binary table[KINDS] = {add, mul, alternate};
    *result++ = fold(span, table[t % KINDS], 1) + fold({fibonacci_tail, fibonacci + 8}, t & 1 ? &add : &alternate, t);
    *result++ = **(shared_pointers + t) * 2 + static_cast<int>(shared_pointers[t] - shared_block);

    Node nodes[] = {
        {local[0], nullptr}, {local[3], nullptr}, {local[1], nullptr}, {local[6], nullptr}, {t % 9, nullptr}};
    Node* head = nullptr;
    for (auto& node : nodes) insert_sorted(&head, &node);
    int hash = 0;
    for (const Node* node = head; node; node = node->next) hash = hash * 7 + node->value % 13;
    head = reversed(head);
    *result++ = hash + head->value * 1000 - head->next->value;
    *result++ = static_cast<int>(reinterpret_cast<char*>(head) - reinterpret_cast<char*>(nodes)) / int(sizeof(Node));

    Account account{100, 7, 0.5f};
    int Account::*const field = t & 2 ? &Account::limit : &Account::balance;
    int (Account::*const method)(int) = t & 4 ? &Account::raise : &Account::lower;
    account.*field += 11;
    (&account)->*field *= 2;
    *result++ = (account.*method)(t) + account.limit;

    int x = t, y = -t;
    pick(t % 3 == 0, x, y) += 100;
    int *px = &x, **ppx = &px, ***pppx = &ppx;
    ***pppx += 5;
    *ppx = &y;
    *px *= 3;
    *result++ = x * 1000 + y + (px == &y) + (*pppx == ppx);
    const void* erased = t & 1 ? static_cast<const void*>(local) : static_cast<const void*>(shared_block);
    short middle;
    memcpy(&middle, static_cast<const char*>(erased) + 12, sizeof middle);
    *result++ = middle + reinterpret_cast<const uint8_t*>(erased)[8 + t % 3 * 4];
    int matrix[3][4] = {{1, 2}, {}, {3, 4, 5, 6}};
    int(*row)[4] = matrix + t % 3;
    (*row)[t % 4] += t;
    *result++ = row[0][3] + matrix[2][t % 4] * 10 + *(*matrix + 1) + static_cast<int>(&row[0][0] - &matrix[0][0]);

    uint32_t* word = punned + i * 4;
    const float f = data[i] * 0.375f;
    memcpy(word++, &f, sizeof f);
    const double d = f;
    const auto halves = reinterpret_cast<const uint32_t*>(&d);
    *word++ = halves[1] ^ halves[0];
    union {
        float4 v;
        uint64_t wide[2];
        unsigned char bytes[16];
    } pun = {make_float4(f, 1, -f, static_cast<float>(t))};
    pun.bytes[t % 16] ^= 0x81;
    *word++ = static_cast<uint32_t>(pun.wide[0] >> 24) + pun.bytes[14];
    const uintptr_t low = reinterpret_cast<uintptr_t>(&local[t % 8]), base = reinterpret_cast<uintptr_t>(&local[0]);
    *word = static_cast<uint32_t>(low - base) << 8 | __float_as_uint(reinterpret_cast<float&>(pun.wide[1])) >> 24;
}
