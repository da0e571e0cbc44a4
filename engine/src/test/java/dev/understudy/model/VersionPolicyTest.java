package dev.understudy.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Set;
import org.junit.jupiter.api.Test;

class VersionPolicyTest {
    private static final Set<String> PRESENT = Set.of("2", "10", "9", "better", "007");

    @Test
    void withoutACountOrAListEveryVersionIsLetIn() {
        assertEquals(PRESENT, new VersionPolicy.Unstated(true).letIn(PRESENT));
        assertEquals(PRESENT, new VersionPolicy.All().letIn(PRESENT));
    }

    @Test
    void theLatestAreTheHighestNumbers() {
        assertEquals(Set.of("10"), new VersionPolicy.Latest(1).letIn(PRESENT));
        assertEquals(Set.of("10", "9", "007"), new VersionPolicy.Latest(3).letIn(PRESENT));
        assertEquals(Set.of("2", "10", "9", "007"), new VersionPolicy.Latest(99).letIn(PRESENT));
    }

    @Test
    void specificVersionsAreNumbersByValue() {
        assertEquals(Set.of("2", "007"), new VersionPolicy.Specific(Set.of(2L, 7L, 8L)).letIn(PRESENT));
    }

    @Test
    void onlyWithoutATritonConfigurationTheLowestIsFirst() {
        assertFalse(TritonConfig.ABSENT.versions().prefersHighest());
        assertTrue(new VersionPolicy.Unstated(true).prefersHighest());
        assertTrue(new VersionPolicy.Specific(Set.of(1L)).prefersHighest());
    }
}
