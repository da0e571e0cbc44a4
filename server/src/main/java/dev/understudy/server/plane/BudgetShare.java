package dev.understudy.server.plane;

/// What one answer holds of the [ByteBudget]. Not thread-safe; owned by the connection's event loop.
public final class BudgetShare {
    private final ByteBudget budget;
    private long held;

    public BudgetShare(ByteBudget budget) {
        this.budget = budget;
    }

    /// Holds `bytes` in place of what was held before; false, and nothing is held any more, when the budget has no room.
    public boolean hold(long bytes) {
        release();
        if (!budget.take(bytes)) {
            return false;
        }
        held = bytes;
        return true;
    }

    /// Holds nothing any more.
    public void release() {
        budget.give(held);
        held = 0;
    }
}
