/// Evidence about a pair of models, mergeable and kept by the minute.
@NullMarked
package dev.understudy.verdict;

import org.jspecify.annotations.NullMarked;
