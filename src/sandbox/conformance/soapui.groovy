// People of this run: the same days of birth and sexes, other numbers, with valid check digits.
def random = new Random()
def digit = { String eleven ->
    def sum = { weights -> (0..10).collect { (eleven[it] as int) * weights[it] }.sum() % 11 }
    def first = sum((1..11) as List)
    first < 10 ? first : sum([3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2])
}
testCase.setPropertyValue('run', Long.toString(System.currentTimeMillis(), 36))
def now = java.time.Instant.now().truncatedTo(java.time.temporal.ChronoUnit.SECONDS)
testCase.setPropertyValue('now', now.toString())
testCase.propertyNames.findAll { it.startsWith('day') }.each { name ->
    def eleven = null
    while (eleven == null || digit(eleven) > 9) {
        eleven = testCase.getPropertyValue(name) + String.format('%04d', random.nextInt(10000))
    }
    testCase.setPropertyValue('iin' + name.substring(3), eleven + digit(eleven))
}
