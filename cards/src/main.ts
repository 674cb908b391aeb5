console.info("merit-order");
