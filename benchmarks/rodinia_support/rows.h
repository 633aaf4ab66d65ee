// Prints rows of 91 numbers when they are given back: what a program computes and does not tell.
#pragma once
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>

static void observed_free(void *memory) {
    static int rows = 0;
    if (memory && malloc_usable_size(memory) >= 91 * sizeof(float) && malloc_usable_size(memory) < 96 * sizeof(float))
        for (int i = 0; i < 91; i++) printf("y[%d][%d]=%10.7e\n", rows, i, ((float *)memory)[i]), rows += i == 90;
    free(memory);
}
#define free observed_free
