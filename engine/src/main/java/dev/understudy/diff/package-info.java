/// How two answers to one request differ, tensor by tensor, and whether they agree.
@NullMarked
package dev.understudy.diff;

import org.jspecify.annotations.NullMarked;
