#include "lib/target/target.hpp"
