/* Runs kernels inside the emulator. Memory comes as a file, mapped where the other process has it; commands and replies
   are pipes. A reply is {value, size} and as many bytes: an error's text, or what was printed as rows of
   {site, words...}. It ends when its commands end. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

struct request { uint64_t operation, size, function, job, blocks, chunk; };
struct reply { int64_t value; uint64_t size; };
enum { LOAD = 1, RUN = 2, RUN_COOPERATIVE = 3 };
enum { JOB_PRINT = 40 };

extern void cudawasm_pool_init(void *pool);
extern int cudawasm_pool_start(void *pool, void *argument);
extern int cudawasm_pool_launch(void *pool, void *function, void *job, int64_t blocks, int64_t chunk);
extern int64_t cudawasm_cooperative(void *job, void *arguments, int64_t blocks);

static char pool[POOL_BYTES] __attribute__((aligned(64)));
static pthread_mutex_t printing = PTHREAD_MUTEX_INITIALIZER;
static const uint32_t *words_of_site;
static char *printed;
static size_t printed_size, printed_room;

static void keep(const void *bytes, size_t size) {
    if (printed_size + size > printed_room) {
        printed_room = 2 * (printed_size + size);
        printed = realloc(printed, printed_room);
        if (!printed) abort();
    }
    memcpy(printed + printed_size, bytes, size);
    printed_size += size;
}

static void print(int64_t site, const uint64_t *words) {
    pthread_mutex_lock(&printing);
    keep(&site, sizeof site);
    keep(words, 8 * (size_t)words_of_site[site]);
    pthread_mutex_unlock(&printing);
}

static void take(void *into, size_t size) {
    if (fread(into, 1, size, stdin) != size) exit(0);
}

static void answer(int64_t value, const void *bytes, size_t size) {
    struct reply reply = {value, size};
    fwrite(&reply, sizeof reply, 1, stdout);
    if (size) fwrite(bytes, 1, size, stdout);
    fflush(stdout);
}

static void load(const char *path) {
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    void *function = library ? dlsym(library, "cudawasm_kernel") : NULL;
    const char *problem = function ? "" : dlerror();
    answer((int64_t)function, problem, strlen(problem));
}

static int64_t run_cooperative(const struct request *request) {
    uint64_t *arguments = calloc(5 * request->blocks, sizeof *arguments);
    if (!arguments) return -1;
    for (uint64_t block = 0; block < request->blocks; block++) {
        uint64_t *argument = arguments + 5 * block;
        argument[0] = request->job, argument[1] = request->function, argument[2] = block;
    }
    int64_t stopped = 0;
    if (cudawasm_cooperative((void *)request->job, arguments, (int64_t)request->blocks) < (int64_t)request->blocks)
        exit(3); /* blocks that did start wait for the others for ever */
    for (uint64_t block = 0; block < request->blocks; block++) stopped |= arguments[5 * block + 3] != 0;
    free(arguments);
    return stopped;
}

static void run(const struct request *request, const uint32_t *words) {
    words_of_site = words;
    printed_size = 0;
    *(void (**)(int64_t, const uint64_t *))(request->job + JOB_PRINT) = print;
    int64_t stopped = request->operation == RUN_COOPERATIVE
                          ? run_cooperative(request)
                          : cudawasm_pool_launch(pool, (void *)request->function, (void *)request->job,
                                                 (int64_t)request->blocks, (int64_t)request->chunk);
    answer(stopped, printed, printed_size);
}

/* Arguments: file descriptor, address and size of the memory, number of threads. */
int main(int count, char **arguments) {
    if (count != 5) return 2;
    setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
    void *base = (void *)strtoull(arguments[2], NULL, 0);
    void *memory = mmap(base, strtoull(arguments[3], NULL, 0), PROT_READ | PROT_WRITE,
                        MAP_SHARED | MAP_NORESERVE | MAP_FIXED_NOREPLACE, atoi(arguments[1]), 0);
    if (memory != base) {
        perror("the shared memory cannot be mapped");
        return 2;
    }
    cudawasm_pool_init(pool);
    int threads = atoi(arguments[4]);
    uint64_t *workers = calloc((size_t)threads, 16);
    for (int i = 1; workers && i < threads; i++) {
        workers[2 * i] = (uint64_t)pool, workers[2 * i + 1] = (uint64_t)i;
        if (cudawasm_pool_start(pool, workers + 2 * i)) break;
    }
    for (;;) {
        struct request request;
        take(&request, sizeof request);
        char *payload = malloc(request.size + 1);
        if (!payload) abort();
        take(payload, request.size);
        payload[request.size] = 0;
        if (request.operation == LOAD) load(payload);
        else run(&request, (const uint32_t *)payload);
        free(payload);
    }
}
