"""The reports that the policy orders: panels of the boards, frozen, compared, signed, written."""
