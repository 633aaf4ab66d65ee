// Functions of textures and surfaces: read when a program names one of them.
#include "cudawasm_textures.h"
#include "cudawasm_surfaces.h"
