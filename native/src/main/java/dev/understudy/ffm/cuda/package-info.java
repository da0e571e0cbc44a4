/// CUDA's driver, as far as Understudy uses it: contexts, streams, events, pinned memory, green contexts and kernels as
/// owned resources, and NVML's readings of a GPU. Nothing is loaded before it is asked for, and a machine without a driver is
/// an [dev.understudy.ffm.Answer.Refused], not an error.
@NullMarked
package dev.understudy.ffm.cuda;

import org.jspecify.annotations.NullMarked;
