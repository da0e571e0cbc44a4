package dev.understudy.roles;

/// Criteria that somebody set while the server ran, in place of those in `model.yaml`.
///
/// @param text     the criteria, as the package `verdict` writes them
/// @param by       who set them, as far as the caller said, on one line
/// @param atMillis when, milliseconds since the epoch
public record SetCriteria(String text, String by, long atMillis) {}
