// People of this run: of the same month of birth and sex, of another day, with other numbers that
// have valid check digits. So many that nobody stands in a queue by such a number already.
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
    def told = testCase.getPropertyValue(name)
    def day = String.format('%02d', 1 + random.nextInt(28))
    def eleven = null
    while (eleven == null || digit(eleven) > 9) {
        def number = String.format('%04d', random.nextInt(10000))
        eleven = told.substring(0, 4) + day + told.substring(6) + number
    }
    def century = 18 + told.substring(6).toInteger().minus(1).intdiv(2)
    def birth = [century + told.substring(0, 2), told.substring(2, 4), day].join('-')
    testCase.setPropertyValue('iin' + name.substring(3), eleven + digit(eleven))
    testCase.setPropertyValue('birth' + name.substring(3), birth)
}
