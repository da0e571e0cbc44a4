package dev.understudy.checkup;

/// One thing that stands in the way of serving on a device. Immutable.
///
/// @param problem what is wrong, without a full stop
/// @param remedy  what to do about it, an imperative without a full stop
public record Obstacle(String problem, String remedy) {}
