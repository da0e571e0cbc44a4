package dev.understudy.ffm.cuda;

/// The priorities a device's streams may have, where a smaller number is a greater priority.
///
/// @param least    0, which is also what a stream has that was made without one
/// @param greatest such as -5; equal to `least` where the device knows no priorities
public record StreamPriorities(int least, int greatest) {}
