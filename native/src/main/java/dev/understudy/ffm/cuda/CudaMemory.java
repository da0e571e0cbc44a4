package dev.understudy.ffm.cuda;

/// A device's memory, of which other processes may hold a part.
public record CudaMemory(long freeBytes, long totalBytes) {}
