/// Simulations of the verdict: how often it is wrong under constant watching, and how soon it comes.
@NullMarked
package dev.understudy.benchmarks.verdict;

import org.jspecify.annotations.NullMarked;
