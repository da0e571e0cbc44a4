@NullMarked
package dev.understudy.ffm;

import org.jspecify.annotations.NullMarked;
