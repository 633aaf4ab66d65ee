// A clock that stands still, for programs that seed their random numbers with the time.
#include <time.h>

time_t time(time_t *result) {
    if (result) *result = 1000003;
    return 1000003;
}
