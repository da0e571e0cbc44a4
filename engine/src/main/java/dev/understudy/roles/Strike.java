package dev.understudy.roles;

/// What is held against the bytes of a version: they were in a run when the server ended.
///
/// @param struckOff whether they may not run again; else they are suspected, and the next time they may not
/// @param reason    what happened, one sentence for whoever put the file there
public record Strike(boolean struckOff, String reason) {}
