module slipway.example/tempo

go 1.26.0
