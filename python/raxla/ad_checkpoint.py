"""`raxla.ad_checkpoint`: names for values, and policies that keep values by them."""

from raxla._checkpoint import checkpoint, checkpoint_name, checkpoint_policies, print_saved_residuals, remat
