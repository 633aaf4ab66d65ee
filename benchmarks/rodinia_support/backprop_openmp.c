// Prints a network's weights before it is given back.
#include <stdio.h>
#include "backprop.h"

void __real_bpnn_free(BPNN *net);

void __wrap_bpnn_free(BPNN *net) {
    printf("weights:");
    for (int i = 0; i <= net->input_n; i++)
        for (int j = 0; j <= net->hidden_n; j++) printf(" %.6g", net->input_weights[i][j]);
    for (int j = 1; j <= net->hidden_n; j++) printf(" %.6g %.6g", net->hidden_units[j], net->hidden_weights[j][1]);
    __real_bpnn_free(net);
}
