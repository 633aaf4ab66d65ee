// The types of cooperative groups, for host code, which only names them.
#pragma once

namespace cooperative_groups {

class thread_group {};
class thread_block : public thread_group {};
class grid_group : public thread_group {};
class multi_grid_group : public thread_group {};
class cluster_group : public thread_group {};
class coalesced_group : public thread_group {};
template <unsigned int Size, typename Parent = void>
class thread_block_tile : public thread_group {};
template <typename T>
struct plus {};
template <typename T>
struct less {};
template <typename T>
struct greater {};
template <typename T>
struct bit_and {};
template <typename T>
struct bit_or {};
template <typename T>
struct bit_xor {};
thread_block this_thread_block();
grid_group this_grid();
coalesced_group coalesced_threads();

}  // namespace cooperative_groups
