@NullMarked
package dev.understudy.ffm.cuda;

import org.jspecify.annotations.NullMarked;
