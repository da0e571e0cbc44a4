package dev.understudy.model;

/// Something in the watched repository that a person should know of and no event says, for as long as it stands: a file
/// that cannot be read, a store without room.
///
/// @param model whose it is; empty when it is no model's
/// @param text  one sentence without paths
public record RepositoryNote(String model, String text) {}
