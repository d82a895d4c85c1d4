"""Devices to test with: simulators of Huawei VRP 8 and H3C Comware 7, a transport without a network, recorded sessions.

They prove this program's logic, not the makers' behaviour.
"""
