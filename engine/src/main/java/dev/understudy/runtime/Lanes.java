package dev.understudy.runtime;

/// The two lanes of one device, and what is to be had of what keeps one off the other. Thread-safe: immutable.
///
/// @param probes   where challengers are timed as champions would be: in the champions' class, within the challengers' limits
/// @param asked    the level asked for. Everything of it that takes no grant of the system's is done, whatever `achieved` says
/// @param achieved the highest level of which everything is granted
/// @param units    how many runs the device can do at once at full speed: its processors; 1 for a GPU
/// @param givesWay whether a challenger's run stops as soon as a champion wants on, as on the processors; a GPU ends what it began
/// @param device   as status and logs name it: `cpu`, `cuda:0`
/// @param numerics what of the device makes the same model give other digits; empty on the processors
public record Lanes(Lane champion, Lane challenger, Lane probes, Isolation asked, Isolation achieved, int units,
        boolean givesWay, String device, String numerics, Runnable release) implements AutoCloseable {
    /// Gives the device back. When all sessions of both lanes are closed.
    @Override
    public void close() {
        release.run();
    }
}
